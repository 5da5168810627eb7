/** The page numbers to offer: the ends, and the neighbours of where one is; 0 stands for a gap. */
export const pageNumbers = (page: number, totalPages: number): readonly number[] => {
  const near = [1, page - 1, page, page + 1, totalPages].filter((number) => number >= 1 && number <= totalPages);
  const shown = [...new Set(near)].sort((one, other) => one - other);
  return shown.flatMap((number, at) => {
    const before = shown[at - 1] ?? 0;
    if (number - before === 2) return [number - 1, number];
    return number - before > 1 ? [0, number] : [number];
  });
};
