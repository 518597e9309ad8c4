//! The protocol's side: rmcp asks for the tools and hands calls in. Nothing of the house goes into a protocol error,
//! because the model and its person read those.

use super::tools::Tool;
use super::visitor::Visitor;
use super::{Gateway, tools};
use http::request::Parts;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, Implementation, ListToolsResult, PaginatedRequestParams,
    ProtocolVersion, ServerCapabilities, ServerConfig,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use std::sync::Arc;

/// One request's server; all state is shared.
#[derive(Clone)]
pub(super) struct Server {
    pub(super) gateway: Arc<Gateway>,
}

impl Server {
    pub(super) fn new(gateway: Arc<Gateway>) -> Self {
        Self { gateway }
    }
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("slipway", env!("CARGO_PKG_VERSION")))
            .with_instructions(tools::INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let mut list = ListToolsResult::with_all_items(tools::all().to_vec());
        if context.protocol_version().is_some_and(|version| version >= ProtocolVersion::V_2026_07_28) {
            list = list.with_ttl_ms(0).with_cache_scope(CacheScope::Private);
        }
        Ok(list)
    }

    fn get_tool(&self, name: &str) -> Option<rmcp::model::Tool> {
        tools::all().iter().find(|tool| tool.name == name).cloned()
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let tool =
            Tool::named(&request.name).ok_or_else(|| ErrorData::invalid_params("There is no such tool.", None))?;
        let visitor = context.extensions.get::<Parts>().and_then(|parts| parts.extensions.get::<Visitor>());
        let visitor = visitor.ok_or_else(|| ErrorData::internal_error("Nobody is known here.", None))?;
        Ok(self.call(visitor, tool, request.arguments.unwrap_or_default()).await.into())
    }
}
