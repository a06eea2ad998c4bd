"""How fast and how well a site's own models learn, on streams of real texts."""
