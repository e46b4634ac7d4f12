// The same, with zone.js.
import "zone.js";
import "./angular-probe.js";
