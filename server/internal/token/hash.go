package token

import (
	"crypto/sha256"
	"crypto/subtle"

	"github.com/fastpubsub/fastpubsub/server/internal/secret"
)

// HashSecret is what a store keeps of a secret (TK-2). A secret of 16 random bytes
// needs no salt and no slow hash.
func HashSecret(s secret.Text) [32]byte { return sha256.Sum256([]byte(s.Reveal())) }

// HasSecret says whether the record is of the token with this secret, in a time
// that depends neither on the record nor on where the hashes differ. The zero
// Record has no secret, and costs the same to ask.
func (r *Record) HasSecret(s secret.Text) bool {
	hash := HashSecret(s)
	return subtle.ConstantTimeCompare(hash[:], r.SecretHash[:]) == 1
}
