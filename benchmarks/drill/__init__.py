"""The backup drill on a hundred thousand comments, while readers write and workers judge."""
