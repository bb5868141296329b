/** Drawings of the open search, on a grid of 24. */

export const PAGE =
  'M7 3.5h7l4 4V19a1.5 1.5 0 0 1-1.5 1.5h-9.5A1.5 1.5 0 0 1 5.5 19V5A1.5 1.5 0 0 1 7 3.5zM13.5 3.5V8H18M8.7 12.5h6.6M8.7 16h4.6';
export const SECTION = 'M9.5 4.5l-2 15M16.5 4.5l-2 15M5 9.5h15M4 14.5h15';
export const ENTER = 'M19 6v5a3 3 0 0 1-3 3H5.5M9.5 9.5L5 14l4.5 4.5';
export const CLOCK = 'M12 4a8 8 0 1 0 0 16a8 8 0 0 0 0-16zM12 7.8V12l2.8 2';
/** Two circles that meet. */
export const SIMILAR =
  'M9 6.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0-11zM15 6.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 0 1 0-11z';
export const BACK = 'M19.5 12H5M11 5.5L4.5 12l6.5 6.5';
export const ALERT = 'M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 0 0 0-17zM12 8v4.8M12 16v.1';
export const START =
  'M11 4a7 7 0 1 0 0 14a7 7 0 0 0 0-14zM16.2 16.2L20.5 20.5M8.3 11a2.7 2.7 0 0 1 2.7-2.7';
export const NOTHING =
  'M11 4a7 7 0 1 0 0 14a7 7 0 0 0 0-14zM16.2 16.2L20.5 20.5M8.8 8.8l4.4 4.4M13.2 8.8l-4.4 4.4';
export const ARROWS = 'M8 19V5.5M4 9.5l4-4l4 4M16 5v13.5M12 14.5l4 4l4-4';
