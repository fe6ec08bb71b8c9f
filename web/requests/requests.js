// Requests.
import '../shared/scripts/comments.js';
