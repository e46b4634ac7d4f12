import { Link } from "react-router";
import { useUser } from "hallpass/react";

export default function Home() {
  const user = useUser();
  return (
    <>
      <h1>{user ? `Welcome, ${user.name}` : "Welcome"}</h1>
      <Link to="/orders">Orders</Link>
    </>
  );
}
