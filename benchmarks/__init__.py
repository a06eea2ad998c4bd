"""How fast and how right the product is, measured by harnesses that anybody can run."""
