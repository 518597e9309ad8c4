<?php
/**
 * Lets the chat use wordpress-mcp 0.2.2 directly, and nobody else use it at all.
 *
 * Left alone, that plugin admits administrators only (so the chat would need an administrator's credential), takes their
 * cookies without a nonce, hands out tokens that outlive the password they were made from, and offers tools for people and
 * settings. Here its one useful route takes a request by Slipway's credential only, for four methods and five tools.
 *
 * @package Slipway_Guard
 */

namespace Slipway_Guard;

defined( 'ABSPATH' ) || exit;

/**
 * Who comes in, and for what.
 */
final class Mcp_Door {

	const ROUTE = '/wp/v2/wpmcp/streamable';
	const TOOLS = array( 'wp_add_post', 'wp_posts_search', 'wp_get_post', 'wp_list_categories', 'wp_list_tags' );

	/** Questions that reach the plugin. It knows more, such as resources with the site's settings; they are not found here. */
	const METHODS = array( 'initialize', 'ping', 'tools/list', 'tools/call' );

	/**
	 * Hooks in.
	 */
	public static function watch() {
		add_filter( 'pre_option_wordpress_mcp_settings', array( __CLASS__, 'settings' ) );
		add_filter( 'rest_endpoints', array( __CLASS__, 'endpoints' ), PHP_INT_MAX );
		add_filter( 'rest_dispatch_request', array( __CLASS__, 'call' ), PHP_INT_MAX, 2 );
	}

	/**
	 * The plugin's settings, whatever the database says. The REST tools would replace all others by the whole REST API.
	 *
	 * @return array
	 */
	public static function settings() {
		return array(
			'enabled'                    => true,
			'enable_create_tools'        => true,
			'enable_update_tools'        => false,
			'enable_delete_tools'        => false,
			'features_adapter_enabled'   => false,
			'enable_rest_api_crud_tools' => false,
		);
	}

	/**
	 * Removes the second route, which any subscriber could read the site's settings by, and puts one rule on the first.
	 *
	 * @param array $endpoints Handlers by route.
	 * @return array
	 */
	public static function endpoints( $endpoints ) {
		unset( $endpoints['/wp/v2/wpmcp'] );
		foreach ( $endpoints[ self::ROUTE ] ?? array() as $index => $handler ) {
			if ( is_int( $index ) ) {
				$endpoints[ self::ROUTE ][ $index ]['permission_callback'] = array( __CLASS__, 'may_enter' );
			}
		}
		return $endpoints;
	}

	/**
	 * Whether the request came by Slipway's credential, of somebody who may write.
	 *
	 * @return bool
	 */
	public static function may_enter() {
		return Credential::is_ours() && current_user_can( 'edit_posts' );
	}

	/**
	 * Answers a message that must not reach the plugin. Runs after may_enter().
	 *
	 * @param mixed            $result  Answer so far.
	 * @param \WP_REST_Request $request The request.
	 * @return mixed
	 */
	public static function call( $result, $request ) {
		if ( null !== $result || self::ROUTE !== $request->get_route() || 'POST' !== $request->get_method() ) {
			return $result;
		}
		$message = $request->get_json_params();
		$refusal = is_array( $message ) ? self::refusal( $message ) : null;
		return $refusal ? new \WP_REST_Response( $refusal, 200 ) : $result;
	}

	/**
	 * The error for a message that may not pass, or null.
	 *
	 * @param array $message JSON-RPC message.
	 * @return array|null
	 */
	public static function refusal( $message ) {
		// Read as the plugin reads it: an element 0 makes a batch, and without an id nothing is done.
		if ( isset( $message[0] ) ) {
			return self::error( null, -32600, 'Send one message at a time.' );
		}
		if ( ! isset( $message['id'], $message['method'] ) ) {
			return null;
		}
		$id     = $message['id'];
		$method = $message['method'];
		if ( ! in_array( $method, self::METHODS, true ) ) {
			return self::error( $id, -32601, 'Method not found' );
		}
		if ( 'tools/call' !== $method ) {
			return null;
		}
		$params = $message['params'] ?? null;
		// The plugin also takes a name from params inside params, past the one that is looked at here.
		if ( ! is_array( $params ) || isset( $params['params'] ) || ! is_array( $params['arguments'] ?? array() ) ) {
			return self::error( $id, -32602, 'Invalid params' );
		}
		if ( ! in_array( $params['name'] ?? '', self::TOOLS, true ) ) {
			return self::error( $id, -32602, 'Unknown tool' );
		}
		return null;
	}

	/**
	 * An error of JSON-RPC 2.0.
	 *
	 * @param mixed  $id      Id of the question.
	 * @param int    $code    Code.
	 * @param string $message What is wrong.
	 * @return array
	 */
	private static function error( $id, $code, $message ) {
		return array(
			'jsonrpc' => '2.0',
			'id'      => is_int( $id ) || is_string( $id ) ? $id : null,
			'error'   => array(
				'code'    => $code,
				'message' => $message,
			),
		);
	}
}
