export { startFastapi as start } from "../lib/fastapi.js";
