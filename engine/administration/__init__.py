"""What a company changes about itself: permission, validation, and every change in the company's record."""
