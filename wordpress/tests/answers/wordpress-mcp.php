<?php
/**
 * Plugin Name: Stand-in for wordpress-mcp
 *
 * Has the routes of wordpress-mcp 0.2.2 and its manners, as docs/outside/wordpress.md describes them: it asks for an
 * administrator or takes any cookie of one, answers every id as a number, puts an error into an error, answers ping by [],
 * takes a name from params inside params, and does its work by WordPress's own REST routes.
 */

add_filter(
	'rest_authentication_errors',
	static fn( $result ) => empty( $result ) && empty( $_SERVER['HTTP_AUTHORIZATION'] ) && str_contains( $_SERVER['REQUEST_URI'], '/wp/v2/wpmcp' )
		? ( current_user_can( 'manage_options' ) ? true : new WP_Error( 'unauthorized', 'Authentication required.', array( 'status' => 401 ) ) ) : $result
);
add_action(
	'rest_api_init',
	static function () {
		if ( empty( get_option( 'wordpress_mcp_settings' )['enabled'] ) ) {
			return;
		}
		$open = static fn() => true;
		register_rest_route( 'jwt-auth/v1', '/token', array( 'methods' => 'POST', 'callback' => $open, 'permission_callback' => $open ) );
		register_rest_route( 'wp/v2', '/wpmcp', array( 'methods' => 'POST', 'callback' => static fn() => array( 'admin_email' => get_option( 'admin_email' ) ), 'permission_callback' => 'is_user_logged_in' ) );
		register_rest_route( 'wp/v2', '/wpmcp/streamable', array( 'methods' => WP_REST_Server::ALLMETHODS, 'callback' => 'stand_in_mcp', 'permission_callback' => static fn() => current_user_can( 'manage_options' ) ) );
	}
);

function stand_in_mcp( $request ) {
	if ( 'POST' !== $request->get_method() ) {
		return new WP_REST_Response( array( 'jsonrpc' => '2.0', 'id' => 0, 'error' => array( 'code' => -32600, 'message' => 'Method not allowed' ) ), 405 );
	}
	$message = $request->get_json_params();
	if ( ! isset( $message['id'], $message['method'] ) ) {
		return new WP_REST_Response( null, 202 );
	}
	$error = static fn( $code, $text, $data = null ) => array( 'error' => array( 'jsonrpc' => '2.0', 'id' => 0, 'error' => array_filter( array( 'code' => $code, 'message' => $text, 'data' => $data ) ) ) );
	$says  = match ( $message['method'] ) {
		'ping'       => array( 'result' => array() ),
		'tools/list' => array( 'result' => array( 'tools' => array_map( static fn( $name ) => array( 'name' => $name, 'description' => $name, 'type' => 'read', 'tool_enabled' => true, 'inputSchema' => array( 'type' => 'object', 'properties' => array() ) ), array( 'wp_posts_search', 'wp_get_post', 'wp_add_post', 'wp_list_categories', 'wp_list_tags', 'wp_add_user', 'get_site_info' ) ) ) ),
		'tools/call' => stand_in_tool( $message['params']['params'] ?? $message['params'], $error ),
		default      => array( 'result' => array( 'leaked' => get_option( 'admin_email' ) ) ),
	};
	return new WP_REST_Response( array( 'jsonrpc' => '2.0', 'id' => (int) $message['id'] ) + $says, 200 );
}

function stand_in_tool( $params, $error ) {
	$known = array(
		'wp_posts_search'    => array( 'GET', '/wp/v2/posts' ),
		'wp_get_post'        => array( 'GET', '/wp/v2/posts/' . ( $params['arguments']['id'] ?? '' ) ),
		'wp_add_post'        => array( 'POST', '/wp/v2/posts' ),
		'wp_list_categories' => array( 'GET', '/wp/v2/categories' ),
		'wp_list_tags'       => array( 'GET', '/wp/v2/tags' ),
		'wp_add_user'        => array( 'POST', '/wp/v2/users' ),
	);
	if ( ! isset( $known[ $params['name'] ] ) ) {
		return $error( -32003, 'Tool not found: ' . $params['name'] );
	}
	$inner = new WP_REST_Request( ...$known[ $params['name'] ] );
	foreach ( $params['arguments'] as $key => $value ) {
		$inner->set_param( $key, $value );
	}
	$done = rest_do_request( $inner );
	return $done->is_error() ? $error( -32005, 'REST API error occurred', $done->as_error()->get_error_message() ) : array( 'result' => array( 'content' => array( array( 'type' => 'text', 'text' => wp_json_encode( $done->get_data() ) ) ) ) );
}
