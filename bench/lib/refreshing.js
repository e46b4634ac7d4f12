// Tables about the end of a token, in which a client without refresh is shown as that.

/** Makes sections with these columns. `samples`: for each client that renews its token, by id, what was found for each column. */
export const refreshing =
  ({ clients }, samples, columns) =>
  (id, title, how, unit, digits, pick, plotted) => ({
    id,
    title,
    how,
    unit,
    digits,
    columns,
    plotted,
    rows: clients.map(({ id, about }) =>
      about.lacks.refresh ? { client: id, lacks: about.lacks.refresh } : { client: id, cells: samples.get(id).map(pick) },
    ),
  });
