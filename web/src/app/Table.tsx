/** Plain tables of texts, as they stand behind charts. */

import type { ComponentChildren } from "preact";

export interface Column<Row> {
  title: string;
  /** Numbers stand on the right. */
  isNumber?: boolean;
  of: (row: Row) => ComponentChildren;
}

export function Table<Row>(props: {
  caption: string;
  columns: Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row, index: number) => string;
}) {
  const { caption, columns, rows, keyOf } = props;
  return (
    <table>
      <caption class="unseen">{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ title, isNumber }) => (
            <th key={title} scope="col" class={isNumber ? "number" : undefined}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <tr key={keyOf(row, index)}>
            {columns.map(({ title, isNumber, of }, column) =>
              column === 0 ? (
                <th key={title} scope="row">
                  {of(row)}
                </th>
              ) : (
                <td key={title} class={isNumber ? "number" : undefined}>
                  {of(row)}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
