"""How accepting and draining grow with replicas on PostgreSQL and one Valkey, and what each comment costs."""
