/** Asks for the key that this gateway wants. */

import { useState } from "preact/hooks";
import { storeKey } from "../../app/session.ts";

export function KeyForm({ retry }: { retry: () => void }) {
  const [key, setKey] = useState("");
  const send = (event: Event) => {
    event.preventDefault();
    storeKey(key.trim());
    retry();
  };
  return (
    <form class="key" onSubmit={send}>
      <h2>This gateway asks for a key</h2>
      <label for="key">Client key</label>
      <input
        id="key"
        type="password"
        autocomplete="off"
        required
        value={key}
        onInput={(event) => setKey(event.currentTarget.value)}
      />
      <button type="submit">Use it</button>
      <p class="hint">
        It is kept until this tab is closed. The operator makes keys with{" "}
        <code>headgate key NAME</code>.
      </p>
    </form>
  );
}
