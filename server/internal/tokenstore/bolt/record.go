package bolt

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/authz"
	"github.com/fastpubsub/fastpubsub/server/internal/token"
)

// recordVersion is the version of records that this package writes and the newest
// that it reads. A member that older versions may ignore needs no new one.
const recordVersion = 1

// storedRecord is a record as it stands in the file. The id is the key.
type storedRecord struct {
	Version     int           `json:"v"`
	SecretHash  []byte        `json:"secret_sha256"`
	Grants      []storedGrant `json:"tenant_grants,omitempty"`
	IPMasks     []string      `json:"allow_ip_masks,omitempty"`
	Regions     []string      `json:"allow_regions,omitempty"`
	Origins     []string      `json:"allowed_ws_origin,omitempty"`
	CreatedBy   string        `json:"created_by,omitempty"`
	Description string        `json:"description,omitempty"`
	CreatedAt   time.Time     `json:"created_at,omitzero"`
	ChangedAt   time.Time     `json:"changed_at,omitzero"`
	ExpiresAt   time.Time     `json:"expires_at,omitzero"`
	Deactivated bool          `json:"deactivated,omitempty"`
	RevokedAt   time.Time     `json:"revoked_at,omitzero"`
}

type storedGrant struct {
	Tenants   []string `json:"tenant_ids,omitempty"`
	Publish   []string `json:"allow_channels_pub,omitempty"`
	Subscribe []string `json:"allow_channels_sub,omitempty"`
}

// revisionBytes is the length of what stands before the JSON of a record: the
// number of the write, big-endian. Two values of the file with one number are one.
const revisionBytes = 8

// encodeRecord is the record as a value of the file.
func encodeRecord(r *token.Record, revision uint64) ([]byte, error) {
	stored := storedRecord{
		Version: recordVersion, SecretHash: r.SecretHash[:],
		IPMasks: r.Right.IPMasks, Regions: r.Right.Regions, Origins: r.Right.Origins,
		CreatedBy: r.CreatedBy, Description: r.Description,
		CreatedAt: r.CreatedAt, ChangedAt: r.ChangedAt, ExpiresAt: r.ExpiresAt,
		Deactivated: r.Deactivated, RevokedAt: r.RevokedAt,
	}
	for _, grant := range r.Right.Grants {
		stored.Grants = append(stored.Grants, storedGrant(grant))
	}
	data, err := json.Marshal(stored)
	if err != nil {
		return nil, err
	}
	return append(binary.BigEndian.AppendUint64(nil, revision), data...), nil
}

// decodeRecord is the record that a value of the file holds.
func decodeRecord(id, value []byte) (token.Record, error) {
	data := value[min(revisionBytes, len(value)):]
	var stored storedRecord
	if err := json.Unmarshal(data, &stored); err != nil {
		return token.Record{}, unreadable(id, data, err)
	}
	if stored.Version < 1 || stored.Version > recordVersion || len(stored.SecretHash) != len(token.Record{}.SecretHash) {
		return token.Record{}, unreadable(id, data, nil)
	}
	record := token.Record{
		ID: string(id), SecretHash: [32]byte(stored.SecretHash),
		Right:     token.Right{IPMasks: stored.IPMasks, Regions: stored.Regions, Origins: stored.Origins},
		CreatedBy: stored.CreatedBy, Description: stored.Description,
		CreatedAt: stored.CreatedAt, ChangedAt: stored.ChangedAt, ExpiresAt: stored.ExpiresAt,
		Deactivated: stored.Deactivated, RevokedAt: stored.RevokedAt,
	}
	for _, grant := range stored.Grants {
		record.Right.Grants = append(record.Right.Grants, authz.Grant(grant))
	}
	return record, nil
}

// unreadable says why a record cannot be read. It shows nothing of it.
func unreadable(id, data []byte, err error) error {
	var head struct {
		Version int `json:"v"`
	}
	if json.Unmarshal(data, &head) == nil && head.Version > recordVersion {
		return fmt.Errorf("a newer version wrote the record of token %q (version %d; this one reads up to %d); run that version", id, head.Version, recordVersion)
	}
	if err != nil {
		return fmt.Errorf("the record of token %q is damaged: %w", id, err)
	}
	return fmt.Errorf("the record of token %q is damaged", id)
}
