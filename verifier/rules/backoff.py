"""How long to wait before something that could not be delivered is tried again, and when to give up."""

from datetime import datetime, timedelta

# After the first attempt, the second, and so on; after one more there is none.
WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(hours=24),
)
# While nobody has set up a way: how often it is looked at, and after how long a message is stale.
UNSET_WAIT = timedelta(hours=1)
STALE_AFTER = timedelta(days=7)


def next_try(attempts: int, *, at: datetime) -> datetime | None:
    """When to try again after so many attempts, the last of them at this instant; None: give up."""
    return at + WAITS[attempts - 1] if attempts <= len(WAITS) else None


def next_look(made_at: datetime, *, at: datetime) -> datetime | None:
    """When to look again whether the way is set up; None: what it says is no longer news."""
    return at + UNSET_WAIT if at - made_at < STALE_AFTER else None
