package admission

import (
	"fmt"
	"math"

	"github.com/fastpubsub/fastpubsub/server/internal/authz"
	"github.com/fastpubsub/fastpubsub/server/internal/token"
	"github.com/fastpubsub/fastpubsub/server/internal/token/lru"
)

// cachedTexts is how many tenants, rules, masks and so on are kept compiled: at
// some 250 bytes each, about 16 MiB. Chosen by us.
const cachedTexts = 1 << 16

// anyLength is for names in rights that are stored already: they were checked
// against the limits of their day, and lower ones must not lock their token out.
var anyLength = authz.Limits{TenantBytes: math.MaxUint16, ChannelBytes: math.MaxUint16}

// placeCache compiles rights and keeps those used last. The right of a token never
// changes, so nothing has to be forgotten when its record does.
type placeCache struct {
	cache *lru.Cache[string, *place]
}

func newPlaceCache() *placeCache {
	return &placeCache{lru.New[string, *place](cachedTexts)}
}

func (p *placeCache) of(record *token.Record) (*place, error) {
	if known, ok := p.cache.Get(record.ID); ok && known.secretHash == record.SecretHash {
		return known, nil
	}
	fresh, err := compile(record)
	if err != nil {
		return nil, fmt.Errorf("the stored right of token %s cannot be used: %w", record.ID, err)
	}
	p.cache.Put(record.ID, fresh, texts(&record.Right))
	return fresh, nil
}

func compile(record *token.Record) (*place, error) {
	rights, err := authz.Compile(record.Right.Grants, anyLength)
	if err != nil {
		return nil, err
	}
	p := &place{secretHash: record.SecretHash, rights: rights, regions: record.Right.Regions, origins: record.Right.Origins}
	for _, text := range record.Right.IPMasks {
		mask, err := token.ParseIPMask(text)
		if err != nil {
			return nil, err
		}
		p.masks = append(p.masks, mask)
	}
	return p, nil
}

// texts is how many texts a right has.
func texts(right *token.Right) int {
	n := 1 + len(right.IPMasks) + len(right.Regions) + len(right.Origins)
	for _, grant := range right.Grants {
		n += 1 + len(grant.Tenants) + len(grant.Publish) + len(grant.Subscribe)
	}
	return n
}
