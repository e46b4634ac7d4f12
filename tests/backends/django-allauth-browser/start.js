export { startAllauth as start } from "../lib/allauth.js";
