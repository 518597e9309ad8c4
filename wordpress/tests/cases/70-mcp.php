<?php

/**
 * What wordpress-mcp 0.2.2 answered on a real WordPress, word for word (docs/outside/wordpress.md), and what becomes of it.
 */
function repaired( $answer, $question ) {
	return World::inside( 'return Slipway_Guard\Mcp_Answers::repaired( json_decode( ' . var_export( $answer, true ) . ', true ), json_decode( ' . var_export( $question, true ) . ', true ) );' );
}
function text( $words ) {
	return array( 'content' => array( array( 'type' => 'text', 'text' => $words ) ), 'isError' => true );
}

test( 'mcp answers: an error inside an error becomes a result that the model can read', function () {
	$said = '{"jsonrpc":"2.0","id":6,"error":{"jsonrpc":"2.0","id":0,"error":{"code":-32005,"message":"REST API error occurred","data":"Invalid post ID."}}}';
	same( array( 'jsonrpc' => '2.0', 'id' => 6, 'result' => text( 'REST API error occurred: Invalid post ID.' ) ), repaired( $said, '{"jsonrpc":"2.0","id":6,"method":"tools/call","params":{"name":"wp_get_post","arguments":{"id":999}}}' ) );
	$said = '{"jsonrpc":"2.0","id":0,"error":{"code":"rest_forbidden","message":"Permission denied","data":{"status":403}}}';
	same( array( 'jsonrpc' => '2.0', 'id' => 'a', 'result' => text( 'Permission denied' ) ), repaired( $said, '{"jsonrpc":"2.0","id":"a","method":"tools/call"}' ), 'a code that is no number' );
	$said = '{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"Internal error: Failed to execute tool","data":"<b>x</b><script>y</script>"}}';
	same( 'Internal error: Failed to execute tool: x', repaired( $said, '{"id":1,"method":"tools/call"}' )['result']['content'][0]['text'] );
} );
test( 'mcp answers: a tool that does not exist stays an error, in its right place', function () {
	$said = '{"jsonrpc":"2.0","id":4,"error":{"jsonrpc":"2.0","id":0,"error":{"code":-32003,"message":"Tool not found: wp_add_user"}}}';
	same( array( 'jsonrpc' => '2.0', 'id' => 4, 'error' => array( 'code' => -32602, 'message' => 'Tool not found: wp_add_user' ) ), repaired( $said, '{"id":4,"method":"tools/call"}' ) );
	$said = '{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"Method not found: server/discover"}}';
	same( json_decode( $said, true ), repaired( $said, '{"id":1,"method":"server/discover"}' ) );
	$said = '{"jsonrpc":"2.0","id":0,"error":{"code":-32006,"message":"Accept header must include both application/json and text/event-stream"}}';
	same( 9, repaired( $said, '{"id":9,"method":"initialize"}' )['id'] );
	same( null, repaired( '{"jsonrpc":"2.0","id":0,"error":{"code":-32700,"message":"Parse error: Invalid JSON in request body"}}', '[]' )['id'], 'no id to answer to' );
} );
test( 'mcp answers: ids come back as they were asked, and empty results are objects', function () {
	$pong = 'Slipway_Guard\Mcp_Answers::repaired( json_decode( \'{"jsonrpc":"2.0","id":0,"result":[]}\', true ), array( "id" => "abc", "method" => "ping" ) )';
	same( '{"jsonrpc":"2.0","id":"abc","result":{}}', World::inside( "return json_encode( $pong );" ) );
	$said = '{"jsonrpc":"2.0","id":3,"result":{"content":[{"type":"text","text":"{\"id\":5,\"status\":\"draft\"}"}]}}';
	same( json_decode( $said, true ), repaired( $said, '{"id":3,"method":"tools/call"}' ), 'a good answer stays as it is' );
} );
test( 'mcp answers: five tools are shown, with valid schemas and no fields of the plugin’s own', function () {
	$tools = array();
	foreach ( array( 'wp_posts_search', 'wp_get_post', 'wp_add_post', 'wp_list_categories', 'wp_list_tags', 'wp_add_user', 'wp_get_general_settings', 'run_api_function' ) as $name ) {
		$tools[] = array( 'name' => $name, 'description' => 'd', 'type' => 'read', 'tool_type_enabled' => true, 'tool_enabled' => true, 'inputSchema' => 'wp_list_tags' === $name ? array( 'type' => 'object', 'properties' => array(), 'required' => array() ) : ( 'wp_list_categories' === $name ? array( 'type' => 'object' ) : array( 'type' => 'object', 'properties' => array( 'id' => array( 'type' => 'integer' ) ) ) ), 'annotations' => array( 'readOnlyHint' => true ) );
	}
	$said  = json_encode( array( 'jsonrpc' => '2.0', 'id' => 2, 'result' => array( 'tools' => $tools ) ) );
	$shown = json_decode( World::inside( 'return json_encode( Slipway_Guard\Mcp_Answers::repaired( json_decode( ' . var_export( $said, true ) . ', true ), array( "id" => 2, "method" => "tools/list" ) ) );' ) );
	same( array( 'wp_posts_search', 'wp_get_post', 'wp_add_post', 'wp_list_categories', 'wp_list_tags' ), array_column( $shown->result->tools, 'name' ) );
	foreach ( $shown->result->tools as $tool ) {
		same( array( 'name', 'description', 'inputSchema', 'annotations' ), array_keys( (array) $tool ) );
		holds( is_object( $tool->inputSchema->properties ), "$tool->name has no properties" );
	}
} );

/**
 * With wordpress-mcp on its path: the real one from the folder SLIPWAY_WORDPRESS_MCP (unpacked release, with vendor/), else a
 * stand-in with its routes and its manners.
 */
function with_mcp( $body ) {
	$real   = (string) getenv( 'SLIPWAY_WORDPRESS_MCP' );
	$folder = World::$dir . '/site/wp-content/plugins/wordpress-mcp';
	if ( '' !== $real ) {
		exec( 'cp -r ' . escapeshellarg( $real ) . ' ' . escapeshellarg( $folder ) );
	} else {
		mkdir( "$folder/vendor", 0700, true );
		copy( dirname( __DIR__ ) . '/answers/wordpress-mcp.php', "$folder/wordpress-mcp.php" );
		same( false, World::inside( 'return is_plugin_active( "wordpress-mcp/wordpress-mcp.php" );' ), 'on without its libraries' );
		file_put_contents( "$folder/vendor/autoload.php", '<?php' );
	}
	same( true, World::inside( 'return is_plugin_active( "wordpress-mcp/wordpress-mcp.php" );' ), 'not on' );
	try {
		$body();
	} finally {
		exec( 'rm -rf ' . escapeshellarg( $folder ) );
	}
}
function mcp( $credential, $message, $method = 'POST' ) {
	return call( $credential, $method, '/wp/v2/wpmcp/streamable', $message, array( 'Accept: application/json, text/event-stream' ) );
}

test( 'mcp door: one kind of credential comes in, with the rights of the person', function () {
	fresh();
	with_mcp(
		function () {
			$ask = array( 'jsonrpc' => '2.0', 'id' => 1, 'method' => 'tools/list' );
			foreach ( array( 'adam', 'anna', 'carl' ) as $login ) {
				$page = mcp( credential( $login ), $ask );
				same( array( 200, 5 ), array( $page->status, count( $page->json['result']['tools'] ?? array() ) ), "$login: $page->body" );
			}
			same( 403, mcp( credential( 'sue' ), $ask )->status, 'a subscriber' );
			same( 403, mcp( credential( 'adam', OTHER ), $ask )->status, 'an administrator’s other application' );
			same( 401, mcp( array( 'adam', 'wrong' ), $ask )->status );
			same( 401, ( new Browser() )->go( '/wp-json/wp/v2/wpmcp/streamable', '{}', array( 'Content-Type: application/json' ) )->status );
			$adam = person( 'adam' )->go( '/wp-json/wp/v2/wpmcp/streamable', json_encode( $ask ), array( 'Content-Type: application/json', 'Accept: application/json, text/event-stream' ) );
			holds( in_array( $adam->status, array( 401, 403 ), true ) && ! str_contains( $adam->body, 'wp_add_post' ), "an administrator’s cookies: $adam->status" );
			same( 405, mcp( credential( 'anna' ), null, 'GET' )->status );
			same( 404, ( new Browser() )->go( '/wp-json/jwt-auth/v1/token', '{}' )->status );
			refused( 'slipway_not_allowed', call( credential( 'adam' ), 'POST', '/wp/v2/wpmcp', array( 'method' => 'init' ) ) );
			same( 404, call( credential( 'adam', OTHER ), 'POST', '/wp/v2/wpmcp', array( 'method' => 'init' ) )->status, 'the second route' );
			same( array( true, false ), World::inside( '$s = get_option( "wordpress_mcp_settings" ); update_option( "wordpress_mcp_settings", array() ); return array( get_option( "wordpress_mcp_settings" )["enabled"] && $s["enable_create_tools"], $s["enable_rest_api_crud_tools"] );' ) );
		}
	);
} );
test( 'mcp door: drafts are made, and nothing else', function () {
	fresh();
	with_mcp(
		function () {
			$adam = credential( 'adam' );
			$do   = static fn( $name, $arguments, $more = array() ) => mcp( $adam, array( 'jsonrpc' => '2.0', 'id' => 'q', 'method' => 'tools/call', 'params' => array( 'name' => $name, 'arguments' => $arguments ) + $more ) )->json;
			$made = json_decode( $do( 'wp_add_post', array( 'title' => 'By tool', 'content' => '<p>x</p>' ) )['result']['content'][0]['text'], true );
			same( array( 'draft', 'By tool' ), array( $made['status'], $made['title']['raw'] ) );
			$no = $do( 'wp_add_post', array( 'title' => 'x', 'content' => 'x', 'status' => 'publish' ) );
			same( array( true, 'q' ), array( $no['result']['isError'], $no['id'] ) );
			says( 'may only write drafts', $no['result']['content'][0]['text'] );
			says( 'Invalid post ID.', $do( 'wp_get_post', array( 'id' => 999999 ) )['result']['content'][0]['text'] );
			same( true, $do( 'wp_get_post', array( 'id' => '1/revisions' ) )['result']['isError'], 'a route inside an argument' );
			foreach ( array( 'wp_add_user', 'wp_get_general_settings', 'run_api_function', '', array() ) as $name ) {
				same( -32602, ( $no = $do( $name, array() ) )["error"]["code"] ?? 0, json_encode( $no ) );
			}
			same( -32602, $do( 'wp_add_post', array(), array( 'params' => array( 'name' => 'wp_add_user', 'arguments' => array( 'username' => 'x' ) ) ) )['error']['code'] ?? 0, 'a name behind the name' );
			foreach ( array( 'resources/read', 'resources/list', 'prompts/get', 'tools/list/all', 'init', 'server/discover' ) as $method ) {
				same( array( 'jsonrpc' => '2.0', 'id' => 7, 'error' => array( 'code' => -32601, 'message' => 'Method not found' ) ), mcp( $adam, array( 'jsonrpc' => '2.0', 'id' => 7, 'method' => $method ) )->json, $method );
			}
			$two = mcp( $adam, array( array( 'jsonrpc' => '2.0', 'id' => 1, 'method' => 'ping' ), array( 'jsonrpc' => '2.0', 'id' => 2, 'method' => 'resources/list' ) ) );
			same( -32600, $two->json['error']['code'] ?? 0, $two->body );
			same( 202, mcp( $adam, array( 'jsonrpc' => '2.0', 'method' => 'notifications/initialized' ) )->status );
			same( '{"jsonrpc":"2.0","id":"abc","result":{}}', mcp( $adam, array( 'jsonrpc' => '2.0', 'id' => 'abc', 'method' => 'ping' ) )->body );
		}
	);
} );
