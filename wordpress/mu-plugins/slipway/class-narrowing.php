<?php
/**
 * Holds a request by Slipway's credential to a short list of routes and to three capabilities,
 * so that a leaked credential of an administrator is worth no more than a contributor's.
 *
 * @package Slipway_Guard
 */

namespace Slipway_Guard;

defined( 'ABSPATH' ) || exit;

/**
 * Routes and capabilities.
 */
final class Narrowing {

	const CAPABILITIES = array( 'read', 'edit_posts', 'upload_files' );

	/**
	 * What may be called, by method. Case-sensitive and anchored to the very end on purpose: WordPress
	 * matches routes without case, so anything spelled differently is refused rather than understood.
	 */
	const ROUTES = array(
		'GET'    => '~^/wp/v2/(?:posts(?:/\d+)?|categories|tags|users/me|users/me/application-passwords/introspect|wpmcp/streamable)\z~',
		'POST'   => '~^/wp/v2/(?:posts(?:/\d+)?|media|tags|wpmcp/streamable)\z~',
		'DELETE' => '~^/wp/v2/users/me/application-passwords/[0-9a-f-]{36}\z~',
	);

	/**
	 * Hooks in.
	 */
	public static function watch() {
		add_filter( 'user_has_cap', array( __CLASS__, 'capabilities' ), PHP_INT_MAX );
		add_filter( 'map_meta_cap', array( __CLASS__, 'required' ), PHP_INT_MAX );
		add_filter( 'rest_pre_dispatch', array( __CLASS__, 'dispatch' ), PHP_INT_MAX, 3 );
		// A batch runs its parts without the filter above.
		add_filter( 'rest_request_before_callbacks', array( __CLASS__, 'call' ), 1, 3 );
		add_filter( 'rest_prepare_user', array( __CLASS__, 'shown' ), PHP_INT_MAX );
	}

	/**
	 * At most three capabilities, and only those that the person has.
	 *
	 * @param array $has Capabilities and roles of the user.
	 * @return array
	 */
	public static function capabilities( $has ) {
		return Credential::is_ours() ? array_intersect_key( $has, array_flip( self::CAPABILITIES ) ) : $has;
	}

	/**
	 * The same from the other side: a super administrator of a network is never asked for capabilities.
	 *
	 * @param array $needs Capabilities that an act needs.
	 * @return array
	 */
	public static function required( $needs ) {
		if ( Credential::is_ours() && array_diff( $needs, self::CAPABILITIES, array( 'exist' ) ) ) {
			$needs[] = 'do_not_allow';
		}
		return $needs;
	}

	/**
	 * Refuses a route before WordPress looks for its handler.
	 *
	 * @param mixed            $result  Answer so far.
	 * @param \WP_REST_Server  $server  The server.
	 * @param \WP_REST_Request $request The request.
	 * @return mixed
	 */
	public static function dispatch( $result, $server, $request ) {
		$refusal = self::refusal( $request );
		return $refusal ? $refusal : $result;
	}

	/**
	 * Refuses a route right before its handler runs.
	 *
	 * @param mixed            $response Answer so far.
	 * @param array            $handler  The handler.
	 * @param \WP_REST_Request $request  The request.
	 * @return mixed
	 */
	public static function call( $response, $handler, $request ) {
		$refusal = self::refusal( $request );
		return $refusal ? $refusal : $response;
	}

	/**
	 * Shows the gateway what it really may do, rather than what the person may do at their desk.
	 *
	 * @param \WP_REST_Response $response A user.
	 * @return \WP_REST_Response
	 */
	public static function shown( $response ) {
		$data = $response->get_data();
		if ( Credential::is_ours() && is_array( $data ) && isset( $data['capabilities'] ) ) {
			$data['capabilities'] = (object) self::capabilities( (array) $data['capabilities'] );
			unset( $data['extra_capabilities'] );
			$response->set_data( $data );
		}
		return $response;
	}

	/**
	 * Why a request may not pass, or null. The method is the one WordPress will act on, after any override.
	 *
	 * @param \WP_REST_Request $request The request.
	 * @return \WP_Error|null
	 */
	private static function refusal( $request ) {
		if ( ! Credential::is_ours() ) {
			return null;
		}
		$method = 'HEAD' === $request->get_method() ? 'GET' : $request->get_method();
		$route  = $request->get_route();
		if ( isset( self::ROUTES[ $method ] ) && 1 === preg_match( self::ROUTES[ $method ], $route ) ) {
			if ( 'DELETE' === $method ? self::made_by_us( basename( $route ) ) : ! self::is_more_than_a_name( $request ) ) {
				return null;
			}
		}
		return new \WP_Error( 'slipway_not_allowed', 'This connection may only read posts and write drafts.', array( 'status' => 403 ) );
	}

	/**
	 * A new tag is a name and nothing else: no description, no address, no fields of plugins.
	 *
	 * @param \WP_REST_Request $request The request.
	 * @return bool
	 */
	private static function is_more_than_a_name( $request ) {
		if ( '/wp/v2/tags' !== $request->get_route() || 'POST' !== $request->get_method() ) {
			return false;
		}
		$given = (array) $request->get_query_params() + (array) $request->get_body_params() + (array) $request->get_json_params();
		return array() !== array_diff( array_keys( $given ), array( 'name', 'rest_route', '_fields' ) );
	}

	/**
	 * A credential may remove itself and its predecessor, never one that belongs to something else.
	 *
	 * @param string $uuid Application password.
	 * @return bool
	 */
	private static function made_by_us( $uuid ) {
		$item = \WP_Application_Passwords::get_user_application_password( get_current_user_id(), $uuid );
		// An unknown one passes on to WordPress, which answers 404: removing twice is the same as once.
		return null === $item || Credential::made( $item );
	}
}
