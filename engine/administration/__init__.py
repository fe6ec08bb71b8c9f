"""What a company changes about itself: by whom it may be changed, checked, and every change in the company's record."""
