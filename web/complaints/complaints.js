// Complaints: one, and the list of them.
import '../shared/scripts/comments.js';
import './scripts/complaint_list.js';
