// Reports.
import '../shared/scripts/comments.js';
