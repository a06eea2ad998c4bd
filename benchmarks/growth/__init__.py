"""Whether what readers, moderators and workers wait for stays as quick from ten thousand comments to a million."""
