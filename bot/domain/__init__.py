"""Pure rules: no Slack, no SQL, no clock, no environment."""
