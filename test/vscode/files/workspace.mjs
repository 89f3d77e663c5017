// The same repositories as those of a day's work.
export { prepare } from '../day/workspace.mjs';
