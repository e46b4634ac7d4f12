/** What a call wishes for: nothing, where it is the handler of a click and gets the event, or what a framework gives in its place. */
export const wishesOf = (given = {}) => (typeof given?.preventDefault === "function" ? {} : given);
