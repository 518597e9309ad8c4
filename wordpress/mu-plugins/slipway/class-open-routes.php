<?php
/**
 * Keeps the few routes open that the portal, the chat and the probes call, where another plugin closes the REST interface.
 *
 * @package Slipway_Guard
 */

namespace Slipway_Guard;

defined( 'ABSPATH' ) || exit;

/**
 * Plugins that close REST to visitors, or that sign people in by Basic authentication themselves, refuse a request before
 * its route is asked who may. Ours ask that by themselves, so the refusal of another plugin is lifted for them, and for
 * nothing else.
 */
final class Open_Routes {

	/** What probes ask: it needs the database and tells nothing that is not in WordPress's own source. */
	const READY = '/wp/v2/types/post';

	/** The portal's, opened by the site's secret. */
	const PORTAL = '/slipway/v1/';

	/** "Come back later" stays as it is. */
	const LATER = array( 429, 503 );

	/**
	 * Hooks in.
	 */
	public static function watch() {
		add_filter( 'rest_authentication_errors', array( __CLASS__, 'asked' ), PHP_INT_MAX );
		// Before the narrowing, whose refusals stay.
		add_filter( 'rest_pre_dispatch', array( __CLASS__, 'dispatch' ), PHP_INT_MAX - 1, 3 );
	}

	/**
	 * Lifts a refusal that came while WordPress asked who is there.
	 *
	 * @param mixed $result Null, true, or why not.
	 * @return mixed
	 */
	public static function asked( $result ) {
		$route = $GLOBALS['wp']->query_vars['rest_route'] ?? '';
		return self::lifts( $result, $route ) ? true : $result;
	}

	/**
	 * Lifts a refusal that stands in place of the route's answer.
	 *
	 * @param mixed            $result  Answer so far.
	 * @param \WP_REST_Server  $server  The server.
	 * @param \WP_REST_Request $request The request.
	 * @return mixed
	 */
	public static function dispatch( $result, $server, $request ) {
		return self::lifts( $result, $request->get_route() ) ? null : $result;
	}

	/**
	 * Whether a refusal is to be lifted. If so, nobody is signed in but by our credential: core's own check against forged
	 * requests did not run, so a cookie counts for nothing here.
	 *
	 * @param mixed $result What another plugin said.
	 * @param mixed $route  Route.
	 * @return bool
	 */
	private static function lifts( $result, $route ) {
		if ( ! is_wp_error( $result ) || ! is_string( $route ) || in_array( self::status( $result ), self::LATER, true ) ) {
			return false;
		}
		// Nobody may have been asked for yet: core does that after the filter in which the refusal came.
		wp_get_current_user();
		if ( Credential::is_ours() ) {
			return true;
		}
		$reads = in_array( $_SERVER['REQUEST_METHOD'] ?? '', array( 'GET', 'HEAD' ), true );
		if ( ! ( $reads && self::READY === $route ) && 0 !== strpos( $route, self::PORTAL ) ) {
			return false;
		}
		wp_set_current_user( 0 );
		return true;
	}

	/**
	 * Status of an error; 0 when it has none.
	 *
	 * @param \WP_Error $error Error.
	 * @return int
	 */
	private static function status( $error ) {
		$data = $error->get_error_data();
		return is_array( $data ) ? (int) ( $data['status'] ?? 0 ) : 0;
	}
}
