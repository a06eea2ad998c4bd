"""A process that sends couriers out once, for the test that kills it."""

import sys

from comments.store import open_store
from tests import factories
from workers.webhooks.couriers import Couriers

store = open_store(sys.argv[1])
couriers = Couriers(store, factories.ROOT_KEY, lambda: factories.NOW, allows_private=True)
couriers.send_out()
couriers.wait(30)
