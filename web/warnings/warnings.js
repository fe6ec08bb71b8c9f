// Warnings.
import '../shared/scripts/comments.js';
