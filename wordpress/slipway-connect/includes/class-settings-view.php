<?php
/**
 * The page "Slipway" as HTML.
 *
 * @package Slipway_Connect
 */

namespace Slipway_Connect;

defined( 'ABSPATH' ) || exit;

/**
 * One panel: a state in words, what it rests on, one thing to do.
 */
final class Settings_View {

	/**
	 * Prints the page.
	 *
	 * @param array $state State of the person.
	 * @param bool  $again Whether to repeat the checks now.
	 */
	public static function page( $state, $again ) {
		echo '<div class="wrap slipway"><h1>' . esc_html__( 'Slipway', 'slipway-connect' ) . '</h1>';
		Flash::show();
		echo '<p class="slipway-lead">' . esc_html__( 'Ask for a post in the chat, and it appears here as a draft under your name.', 'slipway-connect' ) . '</p>';
		$can    = 'safe_mode' !== $state['name'] || ! Config::moved();
		$offer  = $can && in_array( $state['name'], array( 'none', 'slow', 'broken', 'safe_mode' ), true );
		$checks = $offer ? Preflight::checks( $again ) : array();
		echo '<section class="slipway-panel" aria-labelledby="slipway-state">';
		self::head( $state );
		self::facts( $state );
		if ( $offer ) {
			self::checks( $checks );
		}
		self::actions( $state, $offer, Preflight::clear( $checks ) );
		echo '</section>';
		self::promise();
		if ( current_user_can( 'manage_options' ) ) {
			self::site();
		}
		echo '</div>';
	}

	/**
	 * Icon, word, tone of a state.
	 *
	 * @param string $name State.
	 * @return array
	 */
	private static function word( $name ) {
		$words = array(
			'none'        => array( 'marker', __( 'Not connected', 'slipway-connect' ), 'rest' ),
			'working'     => array( 'update', __( 'Connecting', 'slipway-connect' ), 'move' ),
			'slow'        => array( 'clock', __( 'Still connecting', 'slipway-connect' ), 'warn' ),
			'connected'   => array( 'yes-alt', __( 'Connected', 'slipway-connect' ), 'ok' ),
			'broken'      => array( 'warning', __( 'Needs attention', 'slipway-connect' ), 'bad' ),
			'safe_mode'   => array( 'lock', __( 'Safe mode', 'slipway-connect' ), 'warn' ),
			'unreachable' => array( 'cloud', __( 'The portal does not answer', 'slipway-connect' ), 'warn' ),
			'refused'     => array( 'warning', __( 'The portal refused to answer', 'slipway-connect' ), 'bad' ),
		);
		return $words[ $name ];
	}

	/**
	 * The state and its reason.
	 *
	 * @param array $state State.
	 */
	private static function head( $state ) {
		list( $icon, $word, $tone ) = self::word( $state['name'] );
		printf(
			'<h2 id="slipway-state" class="slipway-state" data-tone="%s" role="status"><span class="dashicons dashicons-%s" aria-hidden="true"></span> %s</h2>',
			esc_attr( $tone ),
			esc_attr( $icon ),
			esc_html( $word )
		);
		$message = $state['message'];
		if ( '' === $message && 'working' === $state['name'] ) {
			$message = empty( $state['record']['before'] )
				? __( 'Slipway is setting up your access to the chat. This page follows along; you can also leave it.', 'slipway-connect' )
				: __( 'Slipway is taking over the new credential. The old one keeps working until it has.', 'slipway-connect' );
		} elseif ( '' === $message && 'broken' === $state['name'] ) {
			$message = __( 'The portal can no longer use this connection.', 'slipway-connect' );
		} elseif ( '' === $message && 'safe_mode' === $state['name'] ) {
			$message = __( 'Slipway has paused this connection.', 'slipway-connect' );
		}
		foreach ( array_filter( array( $message, $state['next'] ) ) as $text ) {
			// The way to the chat's sign-in is one that people press; it opens beside this page, which follows along.
			echo '<p>' . wp_kses(
				links_add_target( make_clickable( esc_html( $text ) ) ),
				array(
					'a' => array(
						'href'   => true,
						'target' => true,
						'rel'    => true,
					),
				)
			) . '</p>';
		}
	}

	/**
	 * What the state rests on.
	 *
	 * @param array $state State.
	 */
	private static function facts( $state ) {
		$record = $state['record'];
		if ( ! $record || ! in_array( $state['name'], array( 'connected', 'unreachable', 'refused' ), true ) ) {
			return;
		}
		$user  = wp_get_current_user();
		$proof = __( 'None yet', 'slipway-connect' );
		if ( $state['proof'] ) {
			/* translators: 1: duration such as "2 mins", 2: milliseconds */
			$proof = sprintf( __( '%1$s ago, answered in %2$s ms', 'slipway-connect' ), human_time_diff( (int) $state['proof']['at'] ), number_format_i18n( (int) ( $state['proof']['latency_ms'] ?? 0 ) ) );
		} elseif ( 'connected' !== $state['name'] ) {
			$proof = __( 'Unknown while the portal is silent', 'slipway-connect' );
		}
		echo '<dl class="slipway-facts">';
		self::fact( __( 'Drafts appear as', 'slipway-connect' ), $user->display_name );
		self::fact( __( 'Connected since', 'slipway-connect' ), wp_date( State::clock(), $record['at'] ) );
		self::fact( __( 'Last proof', 'slipway-connect' ), $proof, $state['proof']['at'] ?? 0 );
		echo '</dl>';
	}

	/**
	 * One fact.
	 *
	 * @param string $label Label.
	 * @param string $value Value.
	 * @param int    $at    Exact time, for the title.
	 */
	private static function fact( $label, $value, $at = 0 ) {
		$title = $at ? ' title="' . esc_attr( wp_date( 'c', (int) $at ) ) . '"' : '';
		echo '<div><dt>' . esc_html( $label ) . '</dt><dd' . $title . '>' . esc_html( $value ) . '</dd></div>'; // phpcs:ignore WordPress.Security.EscapeOutput -- The title is escaped above.
	}

	/**
	 * The checks before connecting.
	 *
	 * @param array $checks Checks.
	 */
	private static function checks( $checks ) {
		$icons = array(
			'ok'   => array( 'yes', __( 'Done', 'slipway-connect' ) ),
			'warn' => array( 'info-outline', __( 'Worth a look', 'slipway-connect' ) ),
			'bad'  => array( 'no-alt', __( 'In the way', 'slipway-connect' ) ),
		);
		echo '<h3>' . esc_html__( 'Before you connect', 'slipway-connect' ) . '</h3><ul class="slipway-checks">';
		foreach ( $checks as $check ) {
			list( $icon, $word ) = $icons[ $check['state'] ];
			printf(
				'<li data-check="%s" data-tone="%s"><span class="dashicons dashicons-%s" aria-hidden="true"></span><div><span>%s</span><span class="screen-reader-text">: %s</span>',
				esc_attr( $check['name'] ),
				esc_attr( $check['state'] ),
				esc_attr( $icon ),
				esc_html( $check['label'] ),
				esc_html( $word )
			);
			if ( '' !== $check['text'] ) {
				echo '<p>' . esc_html( $check['text'] ) . '</p>';
			}
			if ( '' !== $check['fix'] ) {
				echo '<pre>' . esc_html( $check['fix'] ) . '</pre>';
			}
			echo '</div></li>';
		}
		echo '</ul>';
	}

	/**
	 * The buttons: one that matters, the others quiet.
	 *
	 * @param array $state State.
	 * @param bool  $offer Whether a connection may be made.
	 * @param bool  $clear Whether the checks found nothing in the way.
	 */
	private static function actions( $state, $offer, $clear ) {
		$record = $state['record'];
		echo '<div class="slipway-actions">';
		if ( $offer && $clear ) {
			self::button( Connect_Flow::START, __( 'Connect', 'slipway-connect' ), 'button button-primary' );
		} elseif ( $offer || in_array( $state['name'], array( 'unreachable', 'refused' ), true ) ) {
			$url = add_query_arg( 'check', 1, Settings_Page::url() );
			echo '<a class="button button-primary" href="' . esc_url( $url ) . '">' . esc_html__( 'Check again', 'slipway-connect' ) . '</a>';
		}
		if ( 'connected' === $state['name'] && '' !== $record['chat_url'] ) {
			echo '<a class="button button-primary" href="' . esc_url( $record['chat_url'] ) . '" target="_blank" rel="noopener">' . esc_html__( 'Open the chat', 'slipway-connect' ) . ' <span class="screen-reader-text">' . esc_html__( '(opens in a new tab)', 'slipway-connect' ) . '</span></a>';
		}
		if ( 'connected' === $state['name'] ) {
			self::button( Connect_Flow::START, __( 'Renew the credential', 'slipway-connect' ), 'button' );
		}
		if ( $record && Connection::is_of_this_site( $record ) ) {
			self::button( Disconnect::ACTION, __( 'Disconnect', 'slipway-connect' ), 'button slipway-risk' );
		}
		echo '</div>';
	}

	/**
	 * A form of one button. It posts, so no link can press it.
	 *
	 * @param string $action Action of admin-post.php.
	 * @param string $label  Label.
	 * @param string $style  CSS classes.
	 */
	private static function button( $action, $label, $style ) {
		echo '<form method="post" action="' . esc_url( admin_url( 'admin-post.php' ) ) . '"><input type="hidden" name="action" value="' . esc_attr( $action ) . '">';
		wp_nonce_field( $action, '_wpnonce', false );
		echo '<button type="submit" class="' . esc_attr( $style ) . '">' . esc_html( $label ) . '</button></form>';
	}

	/**
	 * What the chat may and may not do here.
	 */
	private static function promise() {
		echo '<section class="slipway-promise"><h2>' . esc_html__( 'What the chat may do here', 'slipway-connect' ) . '</h2><ul>';
		echo '<li>' . esc_html__( 'Write and change your own drafts, and upload images for them.', 'slipway-connect' ) . '</li>';
		echo '<li>' . esc_html__( 'Read published posts, categories and tags.', 'slipway-connect' ) . '</li>';
		echo '<li>' . esc_html__( 'It can never publish, delete, see other people’s drafts, or change settings, whatever your role is.', 'slipway-connect' ) . '</li></ul></section>';
	}

	/**
	 * What administrators see of the site.
	 */
	private static function site() {
		$people = get_users(
			array(
				'meta_key' => Connection::META, // phpcs:ignore WordPress.DB.SlowDBQuery -- On one page, for administrators.
				'number'   => 50,
			)
		);
		$names  = array();
		foreach ( $people as $person ) {
			$record  = Connection::of( $person->ID );
			$names[] = $person->display_name . ( $record ? ' (' . self::word( 'revoked' === $record['status'] ? 'broken' : $record['status'] )[1] . ')' : '' );
		}
		echo '<section class="slipway-site"><h2>' . esc_html__( 'This site', 'slipway-connect' ) . '</h2><dl class="slipway-facts">';
		self::fact( __( 'Tenant', 'slipway-connect' ), Config::get( 'SLIPWAY_TENANT_NAME' ) . ' (' . Config::get( 'SLIPWAY_TENANT' ) . ')' );
		self::fact( __( 'Address in Slipway', 'slipway-connect' ), Config::registered_url() );
		self::fact( __( 'Portal', 'slipway-connect' ), Config::portal_url() );
		self::fact( __( 'People with a connection', 'slipway-connect' ), $names ? implode( ', ', $names ) : __( 'Nobody yet', 'slipway-connect' ) );
		self::fact( __( 'Plugin', 'slipway-connect' ), VERSION );
		echo '</dl></section>';
	}
}
