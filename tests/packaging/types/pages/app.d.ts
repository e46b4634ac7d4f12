// What the snippets of the pages take from the app around them.
import type { AuthClient, AuthUser } from "hallpass";

declare global {
  const email: string;
  const password: string;
  const auth: AuthClient;
  function greet(user: AuthUser | null): void;
  function render(): void;
  function useSyncExternalStore<Snapshot>(
    subscribe: (onStoreChange: () => void) => () => void,
    getSnapshot: () => Snapshot,
  ): Snapshot;
}
