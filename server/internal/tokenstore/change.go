package tokenstore

import "github.com/fastpubsub/fastpubsub/server/internal/token"

// ChangeKind says what happened to a record.
type ChangeKind uint8

// The kinds of changes.
const (
	// Created: the record is new.
	Created ChangeKind = iota
	// Updated: the token was refreshed, deactivated or revoked. Its record says
	// what holds now.
	Updated
	// Deleted: the record was swept, some time after the token's end.
	Deleted
)

// String is the kind in lower case.
func (k ChangeKind) String() string {
	return [...]string{"created", "updated", "deleted"}[k]
}

// Change is one change of one record.
type Change struct {
	Kind ChangeKind
	// Record is the record after the change; when it was deleted, as it was last.
	Record token.Record
}

// then is both changes of one record as one.
func (c Change) then(next Change) Change {
	if c.Kind == Created && next.Kind == Updated {
		next.Kind = Created
	}
	return next
}
