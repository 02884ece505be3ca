"""How far each applicant got and why they left, from what a file says."""
