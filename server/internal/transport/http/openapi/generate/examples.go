package main

import (
	"github.com/getkin/kin-openapi/openapi3"

	"github.com/fastpubsub/fastpubsub/server/internal/transport/http/route"
)

type object = map[string]any

const (
	exampleID     = "5f3c9a0e7b1d4c2896e0aa4b1c7d2e9f"
	exampleSecret = "0123456789abcdef0123456789abcdef"
	exampleTime   = "2030-01-02T15:04:05Z"
)

func exampleRight() object {
	return object{
		"tenant_grants": []any{object{
			"tenant_ids":         []any{"my-tenant"},
			"allow_channels_pub": []any{"orders.#"},
			"allow_channels_sub": []any{"orders.#"},
		}},
		"expires_at": "2030-01-02T17:04:05+02:00",
	}
}

// requests are example bodies by route and name.
func requests() map[route.ID]object {
	flat := exampleRight()
	flat["created_by"] = "billing"
	return map[route.ID]object{
		route.CreateToken: {
			"right": object{"right": exampleRight(), "created_by": "billing", "description": "order events"},
			"flat":  flat,
		},
		route.RefreshToken: {"refresh": object{"token_id": exampleID, "expires_at": exampleTime}},
		route.RevokeToken: {
			"token": object{"token": "AT_" + exampleID + "_" + exampleSecret},
			"id":    object{"token_id": exampleID},
		},
	}
}

// answers are example answers.
var answers = map[route.ID]any{
	route.CreateToken:  object{"token": "AT_" + exampleID + "_" + exampleSecret, "token_id": exampleID, "expires_at": exampleTime},
	route.RefreshToken: object{"message": "the token's expiry was changed", "new_expires_at": exampleTime},
	route.RevokeToken:  object{"message": "the token was revoked"},
	route.Drain:        object{"connections": 1200, "time_until_close": "30s"},
	route.Ping:         "pong",
	route.Health:       object{"status": "ok"},
	route.Readiness:    object{"status": "ready"},
	route.Discovery: object{
		"source": "static", "version": 1, "updated_at": 1900000000,
		"edges": []any{object{"host": "pubsub-1.example.com:443"}},
	},
}

func examplesOf(id route.ID) openapi3.Examples {
	examples := openapi3.Examples{}
	for name, value := range requests()[id] {
		examples[name] = &openapi3.ExampleRef{Value: openapi3.NewExample(value)}
	}
	return examples
}
