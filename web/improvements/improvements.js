// Improvements.
import '../shared/scripts/comments.js';
