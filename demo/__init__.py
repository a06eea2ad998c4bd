"""The small news site that `replydesk up --demo` shows. Rule: it imports neither service nor workers, only Flask."""
