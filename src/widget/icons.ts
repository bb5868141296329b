/** Drawings of the shell and of the open search, on a grid of 24. */

export const SEARCH = 'M11 4a7 7 0 1 0 0 14a7 7 0 0 0 0-14zM16.2 16.2L20.5 20.5';
export const CROSS = 'M6.5 6.5l11 11M17.5 6.5l-11 11';
