package scenario

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"sync"

	"google.golang.org/protobuf/proto"

	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
)

// shortestSecret is the length from which on a text cannot turn up by accident.
const shortestSecret = 16

// secrets are the texts that nobody may show (SDK-19, TK-2). Events are checked
// by another goroutine than the case's.
type secrets struct {
	mu    sync.Mutex
	texts []string
	leak  string // where the first one was seen
}

// add keeps the secret part of a token, or another secret.
func (k *secrets) add(secret string) {
	secret = secret[strings.LastIndexByte(secret, '_')+1:]
	if len(secret) < shortestSecret {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.texts = append(k.texts, secret)
}

// addKey keeps a private key: each line of its PEM text, and how the number that is
// the secret in it looks when it is printed. A text that is no PEM is nobody's key.
func (k *secrets) addKey(text string) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return
	}
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "-----") {
			k.add(strings.TrimSpace(line))
		}
	}
	parsed, _ := x509.ParsePKCS8PrivateKey(block.Bytes)
	private, ok := parsed.(*ecdsa.PrivateKey)
	if !ok {
		return
	}
	scalar, _ := private.Bytes() // it has just been parsed
	k.add(hex.EncodeToString(scalar))
	k.add(new(big.Int).SetBytes(scalar).String())
	numbers := strings.Trim(fmt.Sprint(scalar), "[]")
	k.add(numbers)
	k.add(strings.ReplaceAll(numbers, " ", ", "))
}

// all is every secret so far.
func (k *secrets) all() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.texts[:len(k.texts):len(k.texts)]
}

func (k *secrets) check(where, text string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, secret := range k.texts {
		if k.leak == "" && strings.Contains(text, secret) {
			k.leak = where
		}
	}
}

// checkResult looks at what a driver says of a command. Only a new token may
// have a secret in it.
func (k *secrets) checkResult(result *conformancev1.Result) {
	if result.GetSuccess().GetToken().GetCreate() == nil {
		k.checkMessage("a result of the driver", result)
	}
}

// checkEvent looks at what a driver reports; payloads are nobody's secret.
func (k *secrets) checkEvent(event *conformancev1.Event) {
	if event.GetMessage() == nil {
		k.checkMessage("an event of the driver", event)
	}
}

func (k *secrets) checkMessage(where string, m proto.Message) {
	k.check(where+": "+string(m.ProtoReflect().Descriptor().Name()), text(m))
}

// leaked is where a secret was seen; empty: nowhere.
func (k *secrets) leaked() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.leak
}
