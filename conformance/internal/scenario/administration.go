package scenario

import (
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

// Administrator is the SDK's token client in the driver.
type Administrator struct {
	s                   *S
	server, masterToken string
	ca                  string
}

// Administrator is the token client of the case's node, over the case's
// transport.
func (s *S) Administrator() *Administrator { return s.AdministratorWith(s.Node().MasterToken()) }

// AdministratorWith is a token client of the case's node, over the case's
// transport, with any master token.
func (s *S) AdministratorWith(masterToken string) *Administrator {
	return s.AdministratorOf(s.Node().TokenURL(s.Transport), masterToken)
}

// Trusting changes whom the token client trusts: authorities as a PEM text; empty:
// those of the system.
func (a *Administrator) Trusting(ca string) *Administrator {
	a.ca = ca
	return a
}

// AdministratorOf is a token client of any address with any master token.
func (s *S) AdministratorOf(server, masterToken string) *Administrator {
	a := &Administrator{s: s, server: server, masterToken: masterToken}
	if s.node != nil && s.node.authority != nil {
		a.ca = s.node.authority.PEM()
	}
	return a
}

// start gives a command with the call that set puts into it.
func (a *Administrator) start(command *conformancev1.TokenCommand) *Pending {
	command.Server, command.MasterToken = a.server, a.masterToken
	if a.ca != "" {
		command.CaPem = &a.ca
	}
	return a.s.start(&conformancev1.RunnerFrame{Command: &conformancev1.RunnerFrame_Token{Token: command}})
}

func (p *Pending) tokenAnswer() *conformancev1.TokenAnswer { return p.s.value(p.await()).GetToken() }

// DebugText waits for the result, which must be a success, and gives what printing
// the token client for debugging gives.
func (p *Pending) DebugText() string { return p.tokenAnswer().GetDebugText() }

// StartCreate begins to create a token.
func (a *Administrator) StartCreate(right *fastpubsubv1.Right, createdBy, description string) *Pending {
	return a.start(&conformancev1.TokenCommand{Call: &conformancev1.TokenCommand_Create{
		Create: &fastpubsubv1.CreateTokenRequest{Right: right, CreatedBy: createdBy, Description: description},
	}})
}

// Create creates a token, which must succeed.
func (a *Administrator) Create(right *fastpubsubv1.Right, createdBy, description string) *fastpubsubv1.CreateTokenResponse {
	created := a.StartCreate(right, createdBy, description).tokenAnswer().GetCreate()
	a.s.secrets.add(created.GetToken())
	return created
}

// StartRefresh begins to change when a token expires.
func (a *Administrator) StartRefresh(id string, expiresAt time.Time) *Pending {
	return a.start(&conformancev1.TokenCommand{Call: &conformancev1.TokenCommand_Refresh{
		Refresh: &fastpubsubv1.RefreshTokenRequest{TokenId: id, ExpiresAt: timestamppb.New(expiresAt)},
	}})
}

// Refresh changes when a token expires, which must succeed.
func (a *Administrator) Refresh(id string, expiresAt time.Time) *fastpubsubv1.RefreshTokenResponse {
	return a.StartRefresh(id, expiresAt).tokenAnswer().GetRefresh()
}

// StartRevoke begins to revoke a token by its text or by its id.
func (a *Administrator) StartRevoke(token, id string) *Pending {
	return a.start(&conformancev1.TokenCommand{Call: &conformancev1.TokenCommand_Revoke{
		Revoke: &fastpubsubv1.RevokeTokenRequest{Token: token, TokenId: id},
	}})
}

// StartList begins to list tokens.
func (a *Administrator) StartList(createdBy string) *Pending {
	return a.start(&conformancev1.TokenCommand{Call: &conformancev1.TokenCommand_List{List: &fastpubsubv1.ListTokensRequest{ClientId: createdBy}}})
}

// List is the tokens that somebody asked for, all pages.
func (a *Administrator) List(createdBy string) []*fastpubsubv1.TokenInfo {
	return a.StartList(createdBy).tokenAnswer().GetList().GetTokens()
}
