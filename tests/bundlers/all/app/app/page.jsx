import { Orders } from "./orders";

// Rendered for each request, as a page with a user usually is.
export const dynamic = "force-dynamic";

export default function Page() {
  return <Orders />;
}
