"""The store: the only door to SQL, one room for each noun."""

from comments.store.alarms import Alarms
from comments.store.appeals import Appeals
from comments.store.bans import Bans
from comments.store.bulk import Bulk
from comments.store.bursts import Bursts
from comments.store.chain import Chain
from comments.store.claims import Claims
from comments.store.contacts import Contacts
from comments.store.corrections import Corrections
from comments.store.counters import Counters
from comments.store.database import Database, StoreUnavailable
from comments.store.desk import Desk
from comments.store.desk_reads import DeskReads
from comments.store.devices import Devices
from comments.store.digests import Digests
from comments.store.earlier import Earlier
from comments.store.erasures import Erasures
from comments.store.events import Events
from comments.store.exports import Exports
from comments.store.feeds import Feeds
from comments.store.flat_threads import FlatThreads
from comments.store.floods import Floods
from comments.store.gauges import Gauges
from comments.store.imports import Imports
from comments.store.inbox import Inbox
from comments.store.invitations import Invitations
from comments.store.learning import Learning
from comments.store.leases import Leases
from comments.store.live import Live
from comments.store.moderators import Moderators
from comments.store.newsroom import Newsroom
from comments.store.notes import Notes
from comments.store.notices import Notices
from comments.store.outbox import Outbox
from comments.store.outlook import Outlooks
from comments.store.overview import Overviews
from comments.store.pending import Pending
from comments.store.people import People
from comments.store.preferences import DeskPreferences
from comments.store.privacy_requests import PrivacyRequests
from comments.store.public_lists import PublicLists
from comments.store.receipts import Receipts
from comments.store.replays import Replays
from comments.store.retention import Retention
from comments.store.revisions import Revisions
from comments.store.rights import Rights
from comments.store.root_keys import RootKeys
from comments.store.samples import Samples
from comments.store.search import Search
from comments.store.second_factors import SecondFactors
from comments.store.sessions import Sessions
from comments.store.sites import Sites
from comments.store.spent import SpentProofs
from comments.store.steps import Steps
from comments.store.thread_settings import ThreadSettings
from comments.store.threads import Threads
from comments.store.trail import Trail
from comments.store.trail_words import TrailWords
from comments.store.webhook_letters import WebhookLetters
from comments.store.webhooks import Webhooks

__all__ = ["Store", "StoreUnavailable", "open_store"]


class Store:
    """Everything that is kept. Open it once for a process; it connects when it is first used."""

    def __init__(self, database: Database) -> None:  # noqa: PLR0915 - one line for each noun
        self.database = database
        self.inbox = Inbox(database)
        self.devices = Devices(database)
        self.pending = Pending(database)
        self.threads = Threads(database)
        self.public_lists = PublicLists(database)
        self.flat_threads = FlatThreads(database)
        self.feeds = Feeds(database)
        self.receipts = Receipts(database)
        self.desk = Desk(database)
        self.desk_reads = DeskReads(database)
        self.bans = Bans(database)
        self.bulk = Bulk(database)
        self.claims = Claims(database)
        self.notes = Notes(database)
        self.newsroom = Newsroom(database)
        self.appeals = Appeals(database)
        self.sites = Sites(database)
        self.moderators = Moderators(database)
        self.sessions = Sessions(database)
        self.second_factors = SecondFactors(database)
        self.people = People(database)
        self.invitations = Invitations(database)
        self.leases = Leases(database)
        self.gauges = Gauges(database)
        self.alarms = Alarms(database)
        self.learning = Learning(database)
        self.retention = Retention(database)
        self.revisions = Revisions(database)
        self.search = Search(database)
        self.counters = Counters(database)
        self.earlier = Earlier(database)
        self.steps = Steps(database)
        self.bursts = Bursts(database)
        self.replays = Replays(database)
        self.thread_settings = ThreadSettings(database)
        self.samples = Samples(database)
        self.events = Events(database)
        self.erasures = Erasures(database)
        self.rights = Rights(database)
        self.root_keys = RootKeys(database)
        self.privacy_requests = PrivacyRequests(database)
        self.live = Live(database)
        self.preferences = DeskPreferences(database)
        self.chain = Chain(database)
        self.trail = Trail(database)
        self.trail_words = TrailWords(database)
        self.outbox = Outbox(database)
        self.outlooks = Outlooks(database)
        self.overviews = Overviews(database)
        self.corrections = Corrections(database)
        self.digests = Digests(database)
        self.webhooks = Webhooks(database)
        self.webhook_letters = WebhookLetters(database)
        self.imports = Imports(database)
        self.exports = Exports(database)
        self.contacts = Contacts(database)
        self.notices = Notices(database)
        self.spent_proofs = SpentProofs(database)
        self.floods = Floods(database)

    def close(self) -> None:
        """Give every connection back, as must be done before a fork."""
        self.database.close()


def open_store(url: str) -> Store:
    """Return the store behind a database address. Raises BadDatabaseUrl; nothing is connected yet."""
    return Store(Database(url))
