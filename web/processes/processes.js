// The pages of processes.
import '../shared/scripts/copying.js';
