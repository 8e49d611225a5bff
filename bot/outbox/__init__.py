"""What is to be told, kept in the database until it is."""
