-- When the chat wrote a tenant's first draft: a page needs that, and must not search the audit for it.
ALTER TABLE tenant ADD COLUMN first_draft_at BIGINT;
UPDATE tenant SET first_draft_at = (
    SELECT MIN(at) FROM audit WHERE audit.tenant = tenant.id AND audit.what = 'mcp.create_draft' AND audit.allowed
);
