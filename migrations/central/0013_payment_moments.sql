-- When a payment's money came: some banks take it back minutes later, so it is watched from then on. null = it has not
-- come, or came before this column.
ALTER TABLE payments ADD COLUMN paid_at BIGINT;
-- When a person said that its dispute was won: the provider may say "disputed" of it for ever. null = nobody did.
ALTER TABLE payments ADD COLUMN dispute_won_at BIGINT;
