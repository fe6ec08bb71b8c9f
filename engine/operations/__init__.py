"""Running the product: commands, schedule, migrations, backup, the demo company."""
