"""Who comes, and what each will need: drawn before anything happens."""
