package openapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/http/openapi"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/http/route"
)

func load(t *testing.T) *openapi3.T {
	t.Helper()
	document, err := openapi3.NewLoader().LoadFromData(openapi.Document)
	require.NoError(t, err)
	return document
}

func TestDocumentIsValidWithItsExamples(t *testing.T) {
	require.NoError(t, load(t).Validate(t.Context(), openapi3.EnableExamplesValidation()))
}

func TestDocumentHasExactlyTheRoutes(t *testing.T) {
	document := load(t)
	var described, routed []string
	for path, item := range document.Paths.Map() {
		for method, operation := range item.Operations() {
			described = append(described, method+" "+path+" "+operation.OperationID)
		}
	}
	for _, r := range route.Table() {
		routed = append(routed, r.Method+" "+r.Path+" "+string(r.ID))
	}
	assert.ElementsMatch(t, routed, described)
}

func TestEveryRouteSaysWhatItNeedsAndRefuses(t *testing.T) {
	document := load(t)
	for _, r := range route.Table() {
		t.Run(string(r.ID), func(t *testing.T) {
			operation := document.Paths.Value(r.Path).GetOperation(r.Method)
			assert.NotEmpty(t, operation.Summary)
			assert.NotEmpty(t, operation.Description)
			assert.NotNil(t, operation.Responses.Status(r.Status))
			assert.Equal(t, r.Master(), needs(operation, "masterToken"))
			for _, reason := range r.Reasons {
				assert.True(t, refusesFor(operation, apierror.Name(reason)), "it does not say that it refuses with %s", apierror.Name(reason))
			}
		})
	}
}

func needs(operation *openapi3.Operation, scheme string) bool {
	for _, requirement := range *operation.Security {
		if _, ok := requirement[scheme]; ok {
			return true
		}
	}
	return false
}

func refusesFor(operation *openapi3.Operation, reason string) bool {
	for _, response := range operation.Responses.Map() {
		_, isProblem := response.Value.Content[apierror.ProblemContentType]
		if isProblem && strings.Contains(*response.Value.Description, "`"+reason+"`") {
			return true
		}
	}
	return false
}

func TestSchemasHaveTheContractsNamesAndComments(t *testing.T) { // RS-8
	right := load(t).Components.Schemas["Right"].Value
	for _, member := range []string{"tenant_grants", "allow_ip_masks", "allow_regions", "allowed_ws_origin", "expires_at"} { // TK-3
		require.Contains(t, right.Properties, member)
		assert.NotEmpty(t, right.Properties[member].Value.Description, member)
	}
	assert.Equal(t, "date-time", right.Properties["expires_at"].Value.Format)
}

func TestFlatFormOfGetTokenIsDescribed(t *testing.T) {
	document := load(t)
	body := document.Paths.Value("/v1/get-token").GetOperation(http.MethodPost).RequestBody.Value
	schema := body.Content.Get("application/json").Schema.Value
	require.Len(t, schema.AnyOf, 2)
	assert.Contains(t, schema.AnyOf[0].Value.Properties, "right")
	assert.NotContains(t, schema.AnyOf[1].Value.Properties, "right")
	assert.Contains(t, schema.AnyOf[1].Value.Properties, "expires_at")
	assert.Contains(t, schema.AnyOf[1].Value.Properties, "created_by")
}

func TestProblemListsEveryReason(t *testing.T) {
	reason := load(t).Components.Schemas["Problem"].Value.Properties["reason"].Value
	values := apierror.Internal.Descriptor().Values()
	assert.Len(t, reason.Enum, values.Len()-1, "all but the zero value")
	assert.Contains(t, reason.Enum, "MASTER_TOKEN_INVALID")
}
