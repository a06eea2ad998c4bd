"""Alembic's entry: it migrates over the connection that `upgrade` hands it."""

from alembic import context

from comments.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=False,  # `upgrade` has one transaction around everything
)
context.run_migrations()
