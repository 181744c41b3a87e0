"""What tests share: builders, readers, and small servers. No test stands here."""
