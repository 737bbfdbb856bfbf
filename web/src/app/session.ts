/** The client key, kept for as long as the tab is open. */

const NAME = "headgate.key";

export function storedKey(): string | null {
  return sessionStorage.getItem(NAME);
}

export function storeKey(key: string): void {
  sessionStorage.setItem(NAME, key);
}
